import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("Damaged JSON")
struct JSONMutationTests {
    @Test(
        "a damaged sample never crashes the scanner, and Foundation accepts every text that the scanner accepts",
        arguments: Sample.withBody)
    func mutations(_ sample: Sample) throws {
        var generator = SplitMix64(seed: 1)
        let rounds = sample.body.count > 20_000 ? 20 : 500
        var acceptedCount = 0
        for round in 0..<rounds {
            let bytes = ByteMutation.mutate(sample.body, using: &generator)
            guard let document = try? JSONDocument(parsing: bytes) else { continue }
            acceptedCount += 1
            visitEverything(in: document)
            #expect(foundationAccepts(document), "\(sample) in round \(round)")
        }
        #expect(acceptedCount > 0, "no mutation was harmless, so nothing was compared")
    }

    @Test(
        "the scanner accepts the texts that Foundation accepts",
        arguments: Sample.withBody.filter { $0.body.count < 20_000 })
    func noStricterThanFoundation(_ sample: Sample) {
        var generator = SplitMix64(seed: 2)
        for round in 0..<500 {
            let bytes = ByteMutation.mutate(sample.body, using: &generator)
            guard (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil else {
                continue
            }
            #expect(throws: Never.self, "\(sample) in round \(round)") { try JSONDocument(parsing: bytes) }
        }
    }

    /// Foundation rejects two things that the scanner repairs: bytes that are not UTF-8, and lone surrogates. Therefore
    /// Foundation gets the output of the pretty printer, which replaces both by U+FFFD.
    private func foundationAccepts(_ document: JSONDocument) -> Bool {
        let repaired = Data(JSONPrettyPrinter.print(document).utf8)
        return (try? JSONSerialization.jsonObject(with: repaired, options: .fragmentsAllowed)) != nil
    }

    private func visitEverything(in document: JSONDocument) {
        var waiting = [document.root]
        var scalarCount = 0
        while let value = waiting.popLast() {
            if value.scalarText != nil { scalarCount += 1 }
            waiting.append(contentsOf: value.elements)
            waiting.append(contentsOf: value.members.map(\.value))
        }
        #expect(scalarCount <= document.root.rawBytes.count)
    }
}
