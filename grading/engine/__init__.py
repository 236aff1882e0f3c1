"""Engine: grades hand-ins in parallel, learner code in walled interpreters, tests out of its reach.

nbgrader keeps its course directory, its gradebook and its meaning of points; what is exchanged is
how the cells run (sealed-grading.md, "Design for forging").
"""
