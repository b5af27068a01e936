"""Learning from demonstrations by decision tree and conditional logit. Ours, not the paper's."""
