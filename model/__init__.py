"""Text in, labels out: on whose say-so is each paragraph of a news article told?

from model import Labeller
labels = Labeller.load().label(["Three people died in the blast, police said."])
"""

from model.labeller import Labeller
from model.labels import ArticleLabels

__all__ = ["ArticleLabels", "Labeller"]
