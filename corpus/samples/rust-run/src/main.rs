fn main() {
    println!("ding");
}
