internal import StrictJSON

/// Where reports are sent: addresses under product names, `other` or `all`, in the caller's order (PROVIDERS.md 1.2).
package struct ProductCallbacks: Sendable, Equatable {
    package static let all = "all"

    /// A key of `productsCallbackURL` and its address.
    package struct Entry: Sendable, Equatable {
        package let key: String
        package let url: String

        package init(_ key: String, _ url: String) {
            self.key = key
            self.url = url
        }
    }

    package let entries: [Entry]

    /// Throws `badInput` for no entry, a key given twice, an address that is none, and `all` beside others.
    package init(_ entries: [Entry]) throws(ProviderCallFailure) {
        guard !entries.isEmpty else { throw .badInput("productsCallbackURL names no product.") }
        var keys: Set<String> = []
        for entry in entries {
            try InputCheck.notEmpty(entry.key, "A key of productsCallbackURL")
            try InputCheck.webAddress(entry.url, "The address of productsCallbackURL for \(entry.key)")
            guard keys.insert(entry.key).inserted else {
                throw .badInput("productsCallbackURL names \(entry.key) twice.")
            }
        }
        guard !keys.contains(Self.all) || keys.count == 1 else {
            throw .badInput("productsCallbackURL has \"all\" beside other keys; \"all\" stands alone.")
        }
        self.entries = entries
    }

    var json: JSONText {
        .object(entries.map { JSONText.Member($0.key, .string($0.url)) })
    }
}
