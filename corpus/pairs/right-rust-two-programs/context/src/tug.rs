fn main() {
    println!("tug on its way");
}
