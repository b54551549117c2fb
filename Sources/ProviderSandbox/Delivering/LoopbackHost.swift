/// This machine, by its names: the only one that a sandbox calls. One that called strangers would be a tool for attacking
/// them.
enum LoopbackHost {
    static func isOne(_ host: String) -> Bool {
        ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host.lowercased())
    }
}
