"""The deep profile: what each layer of a model costs. Loaded under the profile `deep` only."""
