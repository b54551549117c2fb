extension Sample: CustomStringConvertible {
    /// The name: Swift Testing would write out every byte of the body otherwise.
    package var description: String {
        name
    }
}
