"""One module a revision; ``zhixing.records.schema.REVISIONS`` lists them in order."""
