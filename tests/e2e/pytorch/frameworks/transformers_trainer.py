"""A tiny language model, trained by the Trainer: two micro-batches a step, evaluated at the end of
each epoch."""

import tempfile

import torch
from torch.utils.data import Dataset
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

torch.set_num_threads(1)


class Tokens(Dataset):
    def __init__(self, count):
        self.tokens = torch.randint(0, 64, (count, 16))

    def __len__(self):
        return len(self.tokens)

    def __getitem__(self, index):
        return {"input_ids": self.tokens[index], "labels": self.tokens[index]}


config = GPT2Config(vocab_size=64, n_positions=16, n_embd=32, n_layer=2, n_head=2)
with tempfile.TemporaryDirectory() as folder:
    arguments = TrainingArguments(
        output_dir=folder,
        num_train_epochs=2,
        per_device_train_batch_size=4,
        gradient_accumulation_steps=2,
        eval_strategy="epoch",
        logging_steps=5,
        report_to=[],
        disable_tqdm=True,
        use_cpu=True,
    )
    model = GPT2LMHeadModel(config)
    Trainer(model, arguments, train_dataset=Tokens(160), eval_dataset=Tokens(16)).train()
