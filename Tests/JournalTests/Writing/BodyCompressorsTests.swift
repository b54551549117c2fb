import ArchiveTestKit
import BodyCompression
import Deliveries
import TestKit
import Testing

@testable import Journal

/// Which dictionary a body is compressed with before anybody knows what it is.
@Suite struct BodyCompressorsTests {
    private static func dictionary(_ text: String) throws -> PresetDictionary {
        try #require(PresetDictionary(Array(text.utf8)))
    }

    /// Runs `body` with the compressors of an archive that has a dictionary for each type, whose text is the type; `*` is for
    /// all types of the source.
    private static func with(
        types: [String], source: String = "klavi", _ body: (BodyCompressors) throws -> Void
    ) async throws {
        try await TestArchive.withWriter { writer in
            for type in types {
                let scope = DictionaryScope(source: source, type: type == "*" ? nil : type)
                #expect(try writer.add(Self.dictionary(type), for: scope, bodyCount: 1, at: .fixture))
            }
            try body(writer.compressors)
        }
    }

    private static func choice(_ compressors: BodyCompressors, _ body: String, source: String = "klavi") -> String? {
        let dictionary = compressors.compressor(source: source, body: Array(body.utf8)).dictionary
        return dictionary.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test("without dictionaries every body is compressed by itself, the empty one too")
    func none() async throws {
        try await Self.with(types: []) { compressors in
            #expect(Self.choice(compressors, #"{"type":"income"}"#) == nil)
            #expect(Self.choice(compressors, "") == nil)
        }
    }

    private static let guesses: [(String, String)] = [
        (#"{"type":"income"}"#, "income"), ("income", "income"), (#"{"type":"events"}"#, "events"),
        (#"{"type":"incom"}"#, "*"), ("", "*"), ("i", "*"), ("incomincome", "income"), ("iiincome", "income"),
        (String(repeating: " ", count: 1018) + "income", "income"),
        (String(repeating: " ", count: 1019) + "income", "*"),
    ]

    @Test(
        "a type is guessed by its name near the start of a body; else the source's dictionary is taken",
        arguments: guesses)
    func guess(body: String, expected: String) async throws {
        try await Self.with(types: ["*", "income", "events"]) { #expect(Self.choice($0, body) == expected) }
    }

    @Test("a type whose name holds another's is looked for first")
    func longerName() async throws {
        try await Self.with(types: ["pf_checking_account_v2", "account", "pf_checking_account"]) { compressors in
            #expect(Self.choice(compressors, "pf_checking_account_v2") == "pf_checking_account_v2")
            #expect(Self.choice(compressors, "pf_checking_account_v") == "pf_checking_account")
            #expect(Self.choice(compressors, "an account") == "account")
            #expect(Self.choice(compressors, "nothing") == nil)
        }
    }

    @Test("a name that is longer than a body, or than all that is looked at, is not in it")
    func longName() async throws {
        let long = String(repeating: "k", count: 2000)
        try await Self.with(types: [long, "kkkk"]) { compressors in
            #expect(Self.choice(compressors, "kkk") == nil)
            #expect(Self.choice(compressors, "kkkk") == "kkkk")
            #expect(Self.choice(compressors, long + long) == "kkkk")
        }
    }

    @Test("a body is searched to its end and no further")
    func bounds() async throws {
        try await Self.with(types: ["aab", "ba"]) { compressors in
            for length in 0...40 {
                var random = SplitMix64(seed: UInt64(length))
                let bytes = (0..<length).map { _ in [UInt8]("aab".utf8).randomElement(using: &random) ?? 0 }
                let text = String(decoding: bytes, as: UTF8.self)
                let expected = text.contains("aab") ? "aab" : text.contains("ba") ? "ba" : nil
                #expect(Self.choice(compressors, text) == expected, "\(text)")
            }
        }
    }

    @Test("another source's types are not asked")
    func otherSource() async throws {
        try await Self.with(types: ["*", "income"]) { compressors in
            #expect(Self.choice(compressors, "income", source: "certn") == nil)
        }
    }

    @Test("a wrong guess costs bytes and nothing else: the body reads back")
    func wrongGuess() async throws {
        var like = LikeBodies(seed: 2)
        let body = like.next("events", note: "income")
        try await TestArchive.withWriter { writer in
            let wrong = try Self.dictionary(String(repeating: "income statement", count: 20))
            let scope = DictionaryScope(source: "klavi", type: "income")
            _ = try writer.add(wrong, for: scope, bodyCount: 1, at: .fixture)
            let compressor = writer.compressors.compressor(source: "klavi", body: body)
            #expect(compressor.dictionary == wrong)
            try await writer.commitAll([.fixture(body: .encoded(body, with: compressor))])
            let reader = try writer.reader()
            #expect(try reader.delivery(1)?.request.body == body)
            #expect(try reader.verify().findings == [])
        }
    }

    @Test("of several dictionaries of a type the newest is used")
    func newest() async throws {
        try await TestArchive.withWriter { writer in
            let scope = DictionaryScope(source: "klavi", type: "income")
            for text in ["first", "second", "third"] {
                _ = try writer.add(Self.dictionary(text), for: scope, bodyCount: 1, at: .fixture)
                #expect(Self.choice(writer.compressors, "income") == text)
            }
        }
    }

    @Test("under load, here of one large body, bodies get no dictionary")
    func busy() async throws {
        try await TestArchive.withWriter { writer in
            let dictionary = try Self.dictionary("income")
            _ = try writer.add(
                dictionary, for: DictionaryScope(source: "klavi", type: nil), bodyCount: 1, at: .fixture)
            #expect(writer.compressorForArrival(source: "klavi", body: []).dictionary == dictionary)
            let large = (0..<1 << 20).map { _ in UInt8.random(in: 0 ... .max) }
            try await writer.commitAll([.fixture(body: .encoded(large, with: writer.compressors.plain))])
            #expect(writer.compressorForArrival(source: "klavi", body: []).dictionary == nil)
        }
    }

    @Test("a source has compressors for sixteen types; those of the newest dictionaries")
    func manyTypes() async throws {
        try await Self.with(types: (10..<30).map { "type\($0)" }) { compressors in
            for number in 10..<30 {
                #expect(Self.choice(compressors, "type\(number)") == (number < 14 ? nil : "type\(number)"))
            }
        }
    }

    @Test("a compressor whose dictionary stays is kept, with the streams it has")
    func kept() async throws {
        try await Self.with(types: ["*"]) { compressors in
            let first = compressors.compressor(source: "klavi", body: [])
            #expect(first === compressors.compressor(source: "klavi", body: []))
            let patient = compressors.patientCompressor(source: "klavi", type: "income")
            #expect(patient.dictionary == first.dictionary)
            #expect(patient === compressors.patientCompressor(source: "klavi", type: nil))
            #expect(compressors.patientCompressor(source: "certn", type: nil).dictionary == nil)
        }
    }

    @Test("a body that is rewritten is compressed with its type's dictionary, whatever stands in it")
    func patient() async throws {
        try await Self.with(types: ["*", "income", "events"]) { compressors in
            for type in ["income", "events"] {
                let dictionary = compressors.patientCompressor(source: "klavi", type: type).dictionary
                #expect(dictionary.map { String(decoding: $0.bytes, as: UTF8.self) } == type)
            }
            let common = compressors.patientCompressor(source: "klavi", type: "else").dictionary
            #expect(common.map { String(decoding: $0.bytes, as: UTF8.self) } == "*")
        }
    }
}
