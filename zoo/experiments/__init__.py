"""One model of a task with one cell after another, under one budget, and what each gives."""
