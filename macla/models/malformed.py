"""The typed failure of a reply: what stands in place of one that could not be used."""

from pydantic import BaseModel, ConfigDict


class Malformed(BaseModel):
    """In place of a reply: twice the model did not answer in the form asked for. Costs the agent a step."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: str
    reason: str
    """Why the second reply could not be used, one line."""
    text: str
    """The beginning of the second reply."""
