import TestKit
import Testing

extension HostileText {
    /// Expects that nothing but text and the characters of `layout` is in `text`.
    static func expectHarmless(
        _ text: String, layout: [Unicode.Scalar] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = text.unicodeScalars.filter { isHostile($0) && !layout.contains($0) }
        #expect(found.isEmpty, sourceLocation: sourceLocation)
    }
}
