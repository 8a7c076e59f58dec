"""Being told when the program has imported a module, at no cost until then.

Only what every start of Python has loaded anyway is imported here.
"""

import sys


class ImportWatch:
    """A finder, first in `sys.meta_path`, that finds nothing itself.

    `actions` maps names of modules to functions that get the module once it is there. An action
    that fails is reported in one line; the import succeeds all the same.
    """

    def __init__(self, actions):
        self._actions = dict(actions)

    def install(self):
        """Watches from now on; what is imported already is acted upon at once."""
        for name in list(self._actions):
            if name in sys.modules:
                self._act(name, sys.modules[name])
        if self._actions:
            sys.meta_path.insert(0, self)

    def find_spec(self, name, path=None, target=None):
        if name not in self._actions:
            return None
        for finder in list(sys.meta_path):
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                self._watch(name, spec.loader)
                return spec
        return None

    def _watch(self, name, loader):
        original = getattr(loader, "exec_module", None)
        if original is None:
            return

        def exec_module(module):
            original(module)
            try:
                del loader.exec_module
            except AttributeError:
                pass
            self._act(name, module)

        try:
            # The loader stays what it is; only this one import passes through here.
            loader.exec_module = exec_module
        except AttributeError:
            pass

    def _act(self, name, module):
        action = self._actions.pop(name, None)
        if not self._actions and self in sys.meta_path:
            sys.meta_path.remove(self)
        if action is None:
            return
        try:
            action(module)
        except Exception as error:
            sys.stderr.write(
                "traceml: %s could not be instrumented (%r); the program runs untraced.\n"
                % (name, error)
            )
