"""What every training needs: the loop with its checkpoints, processes, batches, and the folders that it reads."""
