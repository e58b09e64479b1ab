/* The only place that wires modules together. */
int main(void)
{
    return 2;
}
