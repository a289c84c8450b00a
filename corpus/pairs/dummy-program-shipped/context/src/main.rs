fn main() {
    println!("new moon on the fourth");
}
