"""What can be set under ``env.*`` for WebShop."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from envs.webshop.env import ObservationMode
from envs.webshop.splits import Scheme


class WebShopOptions(BaseModel):
    """Settings of the WebShop benchmark; the defaults need no data."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    data: Literal["generated", "official"] = Field("generated", description="made-up catalogue, or WebShop's files")
    root: Path | None = Field(None, description="folder of the official files; null is $MACLA_DATA/webshop")
    data_dir: Path | None = Field(
        None, description="where the generated catalogue and indexes go; null is ${MACLA_HOME:-~/.cache/macla}/webshop"
    )
    products: int | None = Field(
        None, ge=5, description="catalogue size: null is 5,000 generated, or all of the official file that is there"
    )
    goals: Literal["human", "synthetic"] = Field(
        "human", description="written by people, or one per option combination"
    )
    scheme: Scheme = Field("category", description="how goals are split: by category, or the indices of a paper")
    per_product: int | None = Field(
        None, ge=1, description="at most this many goals of one product in a split, drawn by split_seed; null is all"
    )
    catalogue_seed: int = Field(0, description="seed of the generated catalogue")
    split_seed: int = Field(0, description="seed of the category split")
    price_seed: int = Field(0, description="seed of paid prices and price bounds, unseeded in the official code")
    tagger: str = Field("auto", description="nouns for the type reward: auto, rules, en_core_web_lg, en_core_web_sm")
    observation: ObservationMode = Field("text", description="text, or text_rich (buttons and clicked options marked)")
    show_attributes: bool = Field(False, description="whether item pages have an Attributes button")
    max_steps: int = Field(10, ge=1, description="actions per episode; not bought by then scores 0")
    recordings: Path | None = Field(None, description="JSON lines of recorded episodes, a second source of experts")
