import ArchiveTestKit
import Crypto
import Deliveries
import Journal
import TestKit
import Testing

@Suite(.offPool) struct CommitTests {
    @Test("deliveries get consecutive positions from 1")
    func numbers() async throws {
        try await TestArchive.withWriter { writer async throws in
            for expected in Int64(1)...5 {
                #expect(await writer.outcome(of: .fixture()).id == expected)
            }
            #expect(try writer.reader().delivery(6) == nil)
        }
    }

    @Test("a delivery has the same parts after storing and reading")
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

    @Test(
        "a body has the same bytes after storing and reading",
        arguments: [EncodedBody.compressed, .raw(""), .raw("text")])
    func body(_ body: EncodedBody) async throws {
        try await TestArchive.withWriter { writer in
            let id = try #require(await writer.outcome(of: .fixture(headers: [], body: body)).id)
            let stored = try #require(try writer.reader().delivery(id))
            #expect(stored.request.body.count == body.byteCount)
            #expect(Array(SHA256.hash(data: stored.request.body)) == body.sha256)
            #expect(stored.request.headers == [])
        }
    }

    @Test("every verification is unchanged after storing and reading")
    func verification() async throws {
        try await TestArchive.with(Verification.allCases.map { .fixture(verification: $0) }) { _, reader throws in
            for (index, verification) in Verification.allCases.enumerated() {
                #expect(try reader.delivery(Int64(index) + 1)?.verification == verification)
            }
        }
    }

    @Test("every sample has the same bytes after storing and reading")
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

    @Test("positions continue after the archive was reopened")
    func reopening() async throws {
        try await TestArchive.withDirectory { directory in
            try await TestArchive.withWriter(at: directory) { try await $0.commitAll([.fixture(), .fixture()]) }
            try await TestArchive.withWriter(at: directory) { writer in
                #expect(await writer.outcome(of: .fixture()).id == 3)
            }
        }
    }

    @Test("a closed archive rejects deliveries because it is shutting down, and can be closed twice")
    func closed() async throws {
        try await TestArchive.withDirectory { directory in
            let writer = try JournalWriter(directory)
            writer.close()
            writer.close()
            #expect(await writer.outcome(of: .fixture()).rejection == .shuttingDown)
        }
    }

    @Test("a closed archive consists of the journal and the lock")
    func oneFile() async throws {
        try await TemporaryFolder.with { folder in
            let directory = ArchiveDirectory(path: folder.path)
            try await TestArchive.withWriter(at: directory) { try await $0.commitAll([.fixture()]) }
            #expect(try folder.names() == ["journal.sqlite", "lock"])
        }
    }
}
