"""What the commands of this folder share: the file that is asked about (elf), the tools that are asked (tools), what they
answer (answers), running them in turn (process), tables and TSV files (table), charts (chart) and what this machine has
(machine). Python's standard library only.
"""
