"""The operational database: what runs did, what checks found, what is due. The tables of the lake are the truth."""
