internal import Foundation
internal import StrictJSON

/// A match in a text with the text around it.
package struct Excerpt: Equatable {
    /// The path in a JSON body; nil for other text.
    package let path: String?
    package let before: String
    package let match: String
    package let after: String

    /// Characters on either side.
    private static let contextCount = 40

    /// Nil without a match.
    package init?(of needle: String, in text: String, path: String?) {
        guard let range = text.range(of: needle, options: .caseInsensitive) else { return nil }
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

/// The matches in a body.
package enum BodyExcerpts {
    /// - Returns: at most `limit`, in the order of the body.
    package static func find(_ needles: [String], in body: [UInt8], limit: Int) -> [Excerpt] {
        var found: [Excerpt] = []
        if let document = try? JSONDocument(parsing: body) {
            for leaf in JSONLeaves(document) {
                guard found.count < limit else { return found }
                guard let text = leaf.value.scalarText else { continue }
                if let excerpt = first(needles, text, leaf.path) { found.append(excerpt) }
            }
        }
        // The match may be a member name, or the body may not be JSON.
        if found.isEmpty, let excerpt = first(needles, String(decoding: body, as: UTF8.self), nil) {
            found.append(excerpt)
        }
        return found
    }

    private static func first(
        _ needles: [String], _ text: String, _ path: @autoclosure () -> String?
    ) -> Excerpt? {
        for needle in needles where text.range(of: needle, options: .caseInsensitive) != nil {
            return Excerpt(of: needle, in: text, path: path())
        }
        return nil
    }
}
