"""What the stranger's exported model answers."""

from zoo.export.signatures import Signatures


class ForetellerSignatures(Signatures):
    """One signature."""

    def functions(self):
        return {"serving_default": lambda *raw: {"next": self.model(self.arrays_of(*raw))[:, 0]}}

    @classmethod
    def answers(cls, model, items):
        return {"next": model.foretell(list(items))}
