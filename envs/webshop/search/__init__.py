"""Full-text search equal to Lucene 8 / Anserini's BM25 (``docs/spec/webshop.md §8``), in numpy."""
