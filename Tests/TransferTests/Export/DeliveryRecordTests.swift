import Deliveries
import Foundation
import Redaction
import ReportIndex
import StrictJSON
import TestKit
import Testing

@testable import Transfer

@Suite("Records of an export")
struct DeliveryRecordTests {
    @Test("every sample is the same after exporting and importing", arguments: Sample.all.filter(\.isArchived))
    func roundTrip(sample: Sample) throws {
        let record = DeliveryRecord.sample(sample.name)
        let delivery = record.kept.delivery
        guard case .record(let read) = try RecordReader.read(record.parsed().root) else {
            Issue.record("there is no body")
            return
        }
        #expect(read.uuid == delivery.uuid && read.source == delivery.source)
        #expect(read.method == sample.request.method && read.target == sample.request.target.text)
        #expect(read.peer == sample.request.peer && read.receivedAt == sample.request.receivedAt)
        #expect(read.headers == sample.request.headers)
        #expect(read.body == sample.request.body)
        #expect(read.claimed == delivery.verification)
    }

    static let bodies: [[UInt8]] = [
        [], Array("\u{feff}text \"é\" \\ \u{1f600}\r\n\t\u{0}\u{202e}\u{2028}".utf8), [0xff, 0xfe, 0x00], [0xc3],
        Array(repeating: 0xe2, count: 10_000), Array(String(repeating: "é😀€", count: 3_000).utf8),
        Array(String(repeating: "x", count: 48 * 1024 - 1).utf8) + Array("€".utf8),
        Array(repeating: 0x41, count: BodyText.textByteCountLimit + 1),
    ]

    @Test(
        "any body is written on one line without control characters, and is unchanged after parsing", arguments: bodies
    )
    func bytes(body: [UInt8]) throws {
        let record = DeliveryRecord.body(body)
        let text = try record.text()
        #expect(!text.unicodeScalars.contains { HostileText.isHostile($0) })
        guard case .record(let read) = try RecordReader.read(record.parsed().root) else {
            Issue.record("there is no body")
            return
        }
        #expect(read.body == body)
    }

    @Test("a masked record has no credentials and cannot be imported")
    func masked() throws {
        let text = try DeliveryRecord.sample(isMasked: true).text()
        let signature = try #require(
            Sample.named("klavi/link-created-event").request.headers.onlyValue(named: "X-Klavi-Signature"))
        #expect(!text.contains(signature))
        #expect(try DeliveryRecord.sample().text().contains(signature))
        let root = try JSONDocument(parsing: Array(text.utf8)).root
        #expect(root["masked"]?.boolean == true)
        #expect(root["secret"]?.kind == .null)
        #expect(throws: ImportProblem.self) { try RecordReader.read(root) }
    }

    @Test("a masked record has no personal data in its body, headers, fields and externalInfo")
    func personalData() throws {
        let cpf = "390.533.447-05"
        let body = Array(#"{"personalTaxId":"\#(cpf)","n":1}"#.utf8)
        let delivery = DeliveryRecord.body(body, target: "/klavi?personalTaxId=\(cpf)", host: cpf).kept.delivery
        func record(masking: ProviderSecrets?) -> DeliveryRecord {
            .record(
                delivery, externalInfo: #"{"cpf":"\#(cpf)"}"#, fields: [ReportField("personalTaxId", cpf)],
                masking: masking)
        }
        let open = try record(masking: nil).text()
        #expect(open.components(separatedBy: cpf).count == 6)
        let masked = try record(masking: ProviderSecrets()).text()
        #expect(!masked.contains(cpf) && masked.contains("-05") && masked.contains(#"\"n\": 1"#))
        let root = try JSONDocument(parsing: Array(masked.utf8)).root
        #expect(root["bodySHA256"]?.kind == .null)
    }

    @Test("a body that is not text is omitted from a masked record")
    func maskedBytes() throws {
        let record = DeliveryRecord.body([0, 0xff, 0xfe])
        let masked = DeliveryRecord(kept: record.kept, reports: [], masking: ProviderSecrets())
        #expect(record.body == [0, 0xff, 0xfe] && masked.body == nil)
        #expect(try masked.parsed().root["bodyBase64"] == nil)
    }

    @Test("a pruned body is replaced by the reason for the pruning")
    func pruned() throws {
        let root = try DeliveryRecord.body([], pruningReason: "older than 'keep: 1d' of the source").parsed().root
        #expect(root["bodyPruned"]?.string == "older than 'keep: 1d' of the source")
        #expect(root["body"] == nil && root["bodyBase64"] == nil)
        #expect(try RecordReader.read(root) == .bodyless)
    }
}
