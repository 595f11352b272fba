"""Bills of material and parts lists."""
