"""The frozen model: what it is asked, who answers, what that costs."""
