package import Deliveries
internal import Foundation
internal import StrictJSON
internal import TextForms

/// A match and the text around it.
package struct Excerpt: Equatable {
    /// The path of the value that contains the match, in a JSON body; nil for other text.
    package let path: String?
    package let before: String
    package let match: String
    package let after: String

    /// The maximum number of characters to show on either side of a match.
    private static let contextCount = 40

    /// Nil if there is no match. If the text contains the needle only in another spelling, such as a number with
    /// punctuation, the excerpt is the start of the text.
    package init?(of needle: String, in text: String, isExact: Bool = false, path: String?) {
        guard TextNeedle(needle, isExact: isExact).isFound(in: text) else { return nil }
        let options: String.CompareOptions =
            isExact ? .literal : [.caseInsensitive, .diacriticInsensitive, .widthInsensitive]
        let range =
            text.range(of: needle, options: options)
            ?? text
            .startIndex..<(text.index(text.startIndex, offsetBy: 2 * Self.contextCount, limitedBy: text.endIndex)
            ?? text.endIndex)
        self.path = path
        let before = text[..<range.lowerBound]
        let after = text[range.upperBound...]
        self.before = (before.count > Self.contextCount ? "…" : "") + before.suffix(Self.contextCount)
        self.match = String(text[range])
        self.after = after.prefix(Self.contextCount) + (after.count > Self.contextCount ? "…" : "")
    }

    package var text: String {
        before + match + after
    }
}

/// Finds the matches in a body.
package enum BodyExcerpts {
    /// Finds strings in a body.
    ///
    /// - Parameter externalInfo: searched instead of the body if the body is empty.
    /// - Returns: at most `limit` excerpts, in the order of the body.
    package static func find(
        _ needle: String, in delivery: ArchivedDelivery?, externalInfo: String?, isExact: Bool, limit: Int
    ) -> [Excerpt] {
        let body = delivery?.readableBody.bytes ?? []
        return find(
            [needle], in: body.isEmpty ? Array((externalInfo ?? "").utf8) : body, isExact: isExact, limit: limit)
    }

    /// Finds strings in a body.
    ///
    /// - Returns: at most `limit` excerpts, in the order of the body.
    package static func find(_ needles: [String], in body: [UInt8], isExact: Bool = false, limit: Int) -> [Excerpt] {
        var found: [Excerpt] = []
        func first(_ text: String, _ path: String?) -> Excerpt? {
            needles.lazy.compactMap { Excerpt(of: $0, in: text, isExact: isExact, path: path) }.first
        }
        if let document = try? JSONDocument(parsing: body) {
            let needles = needles.map { TextNeedle($0, isExact: isExact) }
            for leaf in JSONLeaves(document) {
                guard found.count < limit else { return found }
                guard let text = leaf.value.scalarText, needles.contains(where: { $0.isFound(in: text) }) else {
                    continue
                }
                if let excerpt = first(text, leaf.path) { found.append(excerpt) }
            }
        }
        // No value of the JSON matches: the match may be in a member name, or the body may not be JSON. Searches the
        // whole text.
        if found.isEmpty, let excerpt = first(String(decoding: body, as: UTF8.self), nil) { found.append(excerpt) }
        return found
    }
}
