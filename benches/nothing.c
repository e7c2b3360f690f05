int main(void) { return 0; } /* the hook that does nothing */
