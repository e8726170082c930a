"""The ways anything is refused, each with its own answer and a sentence for the person."""

from collections.abc import Mapping, Sequence


class Refusal(Exception):
    """A refusal in the reader's language; `errors` holds sentences by field where they have one."""

    def __init__(self, *sentences: str, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        self.errors = {field: list(said) for field, said in (errors or {}).items()}
        self.sentences = list(sentences) or [s for said in self.errors.values() for s in said]
        super().__init__(" ".join(str(s) for s in self.sentences))


class Invalid(Refusal):
    """What was sent cannot be understood or is missing (400)."""


class NotYours(Refusal):
    """The person sees what it is about, but the deed is not theirs (403)."""


class NotNow(Refusal):
    """It is not possible in the state of things (409)."""
