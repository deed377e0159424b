"""Shared code of the benchmarks: the measured file (elf), the tools (tools), their answers (answers), running them in
turn (process), tables and TSV files (table), charts (chart) and this machine (machine). Uses only Python's standard library.
"""
