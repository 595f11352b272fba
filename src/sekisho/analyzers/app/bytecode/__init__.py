"""The code of an app: DEX files to columns, columns to one graph, the graph to what can run.

The way: `tables` (one DEX file) -> `instructions` (what its methods refer to) -> `program` (all DEX
files as one graph) -> `hierarchy` (which methods a call may reach) -> `reach` (from the entry points).
"""
