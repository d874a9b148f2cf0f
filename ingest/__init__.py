"""From files on disk to clean page images: walk a tree, open pages, prepare them, measure their quality."""
