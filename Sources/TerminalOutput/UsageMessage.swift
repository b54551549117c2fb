/// The argument parser's messages in the form of this product's errors.
package enum UsageMessage {
    /// One sentence without a final period, to follow a prefix and a colon.
    package static func sentence(_ message: String) -> String {
        let lines = message.split(separator: "\n").map { line in
            line.hasPrefix("  - ") ? line.dropFirst(4) + "," : line
        }
        var text = lines.joined(separator: " ")
        if text.hasSuffix(",") || text.hasSuffix(".") { text.removeLast() }
        // A first word such as "Unknown" becomes lower case. Acronyms such as "JSON" do not change.
        guard let second = text.dropFirst().first, second.isLowercase else { return text }
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
