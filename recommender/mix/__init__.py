"""The optimal mix: a model for every feature at once, under limits that bind several of
them. Pure: facts in, choices out."""
