"""Section four, the benefit list (医疗保障待遇清单): deviations from it, its progress, changes reported first, merging, pooling."""
