"""What is kept: evidence, custody, analyses, reviews."""
