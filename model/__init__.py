"""Text in, labels out: on whose say-so is each paragraph of a news article told?"""
