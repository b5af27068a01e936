"""The typed failure of a reply: what stands in place of one that could not be used."""

from pydantic import BaseModel, ConfigDict


class Malformed(BaseModel):
    """In place of a reply: twice the model did not answer in the form asked for, or the server refused the request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: str
    reason: str
    """Why the second reply could not be used, one line."""
    text: str
    """The beginning of the second reply."""
    finish_reason: str = ""
    """Why the model stopped, as the server says; empty where it does not."""
    refused: bool = False
    """Whether the server refused to let the model answer (HTTP 400 …): no fault of the agent."""
