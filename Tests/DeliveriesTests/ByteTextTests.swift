import Deliveries
import TestKit
import Testing

@Suite("Text compared as bytes")
struct ByteTextTests {
    @Test("canonically equivalent texts are different keys, and texts with equal bytes are the same key")
    func keys() {
        for pair in CanonicalTwins.pairs(500) {
            #expect(pair.composed == pair.decomposed, "the texts are not canonically equivalent")
            #expect(ByteText(pair.composed) != ByteText(pair.decomposed))
            #expect(Set([ByteText(pair.composed), ByteText(pair.decomposed)]).count == 2)
            let copy = String(decoding: Array(pair.composed.utf8), as: UTF8.self)
            #expect(ByteText(pair.composed) == ByteText(copy))
            #expect(Set([ByteText(pair.composed), ByteText(copy)]).count == 1)
            #expect(!pair.composed.hasSameBytes(as: pair.decomposed[...]))
            #expect(pair.composed.hasSameBytes(as: copy[...]))
        }
    }

    @Test("canonically equivalent fields, topics and routes are distinct")
    func values() throws {
        for pair in CanonicalTwins.pairs(200) {
            let (composed, decomposed) = pair
            let fields = [
                ReportField(composed, "1"), ReportField(decomposed, "1"), ReportField("a", composed),
                ReportField("a", decomposed),
            ]
            #expect(Set(fields).count == 4)
            #expect(Set(fields + fields).count == 4)
            #expect(fields[0] != fields[1] && fields[2] != fields[3] && fields[0] == fields[0])
            let routes = [Route(rule: .all, topic: composed), Route(rule: .all, topic: decomposed)]
            #expect(Set(routes).count == 2)
            let tables = try [composed, decomposed].map { try RouteTable([RouteEntry(key: $0, topic: "b")]) }
            #expect(tables[0] != tables[1] && tables[0] == tables[0])
            #expect(tables[0].route(forType: composed) != nil && tables[0].route(forType: decomposed) == nil)
            #expect(
                try RouteTable([RouteEntry(key: "all", topic: composed)])
                    != RouteTable([RouteEntry(key: "all", topic: decomposed)]))
        }
    }

    @Test("moving a byte from the name to the value results in a different field")
    func boundary() {
        #expect(Set([ReportField("ab", "c"), ReportField("a", "bc"), ReportField("", "abc")]).count == 3)
    }
}
