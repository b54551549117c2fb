internal import Deliveries

/// Items of the query of an address that a provider made.
enum URLQuery {
    /// The first item with this name, decoded; nil for none and for an empty one. Looks by name, for the address may have
    /// had a query of its own, and a second `?` may be in it.
    static func item(_ name: String, of url: String) -> String? {
        let withoutFragment = url.prefix { $0 != "#" }
        guard let mark = withoutFragment.firstIndex(of: "?") else { return nil }
        for item in withoutFragment[mark...].split(whereSeparator: { $0 == "&" || $0 == "?" }) {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == name, !parts[1].isEmpty else { continue }
            return PercentText.decodeForm(Array(parts[1].utf8))
        }
        return nil
    }
}
