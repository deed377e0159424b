void _stext(void)
{
}

void _start(void)
{
}
