package tide;

/** Prints one line of a tide table. */
public final class Table {
    private Table() {}

    public static void main(String[] arguments) {
        System.out.println("high water 04:12");
    }
}
