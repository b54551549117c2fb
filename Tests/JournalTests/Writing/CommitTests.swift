import ArchiveTestKit
import Deliveries
import Journal
import TestKit
import Testing

@Suite struct CommitTests {
    @Test("deliveries get consecutive numbers from 1")
    func numbers() async throws {
        try await TestArchive.withWriter { writer in
            for expected in Int64(1)...5 {
                let outcome = await writer.outcome(of: .fixture())
                #expect(outcome.id == expected)
            }
        }
    }

    @Test("a delivery reads back exactly as it was committed")
    func readBack() async throws {
        let headers: HeaderFields = [
            HeaderField("Host", "callbox.example"), HeaderField("x-Signature", "one"),
            HeaderField("X-SIGNATURE", "two"),
            HeaderField("X-Odd", "tab\t \"quoted\" \\ é 🐘"), HeaderField("X-Empty", ""),
        ]
        let delivery = EncodedDelivery.fixture(
            uuid: .numbered(7), source: "certn", receivedAt: Timestamp(millisecondsSinceEpoch: -1), method: "PUT",
            target: "/certn/a%20b?x=1&x=2#'\"", headers: headers, peer: "2001:db8::1", verification: .expired,
            secretName: nil, body: .raw([0, 1, 2, 0xff, 0xfe, 0]))
        try await TestArchive.withWriter { writer in
            let id = try #require(await writer.outcome(of: delivery).id)
            let stored = try #require(try writer.reader().delivery(id))
            #expect(stored.id.rawValue == id)
            #expect(stored.uuid == .numbered(7))
            #expect(stored.source == "certn")
            #expect(stored.request.receivedAt.millisecondsSinceEpoch == -1)
            #expect(stored.request.method == "PUT")
            #expect(stored.request.target.text == "/certn/a%20b?x=1&x=2#'\"")
            #expect(stored.request.headers == headers)
            #expect(stored.request.peer == "2001:db8::1")
            #expect(stored.request.body == [0, 1, 2, 0xff, 0xfe, 0])
            #expect(stored.verification == .expired)
            #expect(stored.secretName == nil)
            #expect(stored.bodySHA256 == delivery.body.sha256)
        }
    }

    @Test("a compressed body comes out as it went in")
    func compressedBody() async throws {
        try await TestArchive.withWriter { writer in
            let id = try #require(await writer.outcome(of: .fixture(secretName: "second", body: .compressed)).id)
            let stored = try #require(try writer.reader().delivery(id))
            #expect(String(decoding: stored.request.body, as: UTF8.self) == EncodedBody.compressibleText)
            #expect(stored.secretName == "second")
        }
    }

    @Test("an empty body is a body")
    func emptyBody() async throws {
        try await TestArchive.withWriter { writer in
            let id = try #require(await writer.outcome(of: .fixture(headers: [], body: .raw(""))).id)
            let stored = try #require(try writer.reader().delivery(id))
            #expect(stored.request.body == [])
            #expect(stored.request.headers == [])
        }
    }

    @Test("every verification reads back", arguments: Verification.allCases)
    func verification(_ verification: Verification) async throws {
        try await TestArchive.withWriter { writer in
            let id = try #require(await writer.outcome(of: .fixture(verification: verification)).id)
            let stored = try writer.reader().delivery(id)
            #expect(stored?.verification == verification)
        }
    }

    @Test("every sample reads back byte for byte")
    func samples() async throws {
        try await TestArchive.withWriter { writer in
            for sample in Sample.all where sample.isArchived {
                let id = try #require(await writer.outcome(of: EncodedDelivery(sample)).id)
                let stored = try #require(try writer.reader().delivery(id))
                #expect(stored.request.body == sample.request.body, "\(sample)")
                #expect(stored.request.headers == sample.request.headers, "\(sample)")
                #expect(stored.request.target == sample.request.target, "\(sample)")
            }
        }
    }

    @Test("a number that nothing has gives nothing")
    func unknownNumber() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            #expect(try writer.reader().delivery(2) == nil)
        }
    }

    @Test("numbering goes on where it ended after the archive was closed and opened again")
    func reopening() async throws {
        try await TestArchive.withDirectory { directory in
            try await TestArchive.withWriter(at: directory) { try await $0.commitAll([.fixture(), .fixture()]) }
            try await TestArchive.withWriter(at: directory) { writer in
                #expect(await writer.outcome(of: .fixture()).id == 3)
            }
        }
    }

    @Test("a closed archive rejects deliveries as shutting down, and closing twice is harmless")
    func closed() async throws {
        try await TestArchive.withDirectory { directory in
            let writer = try JournalWriter(directory)
            writer.close()
            writer.close()
            #expect(await writer.outcome(of: .fixture()).rejection == .shuttingDown)
        }
    }

    @Test("a closed archive is one file beside its lock")
    func oneFile() async throws {
        try await TemporaryFolder.with { folder in
            let directory = ArchiveDirectory(path: folder.path)
            try await TestArchive.withWriter(at: directory) { try await $0.commitAll([.fixture()]) }
            #expect(try folder.names() == ["journal.sqlite", "lock"])
        }
    }
}
