import Crypto
import Deliveries
import Foundation
import Providers
import StrictJSON
import TestKit
import Testing

@Suite("Samples")
struct SampleTests {
    @Test("every folder under samples/ is a valid sample")
    func complete() throws {
        let files = try FileManager.default.subpathsOfDirectory(
            atPath: ProjectFolder.samples.resolvingSymlinksInPath().path())
        let folders = files.filter { $0.hasSuffix("/request.http") }.map { $0.dropLast("/request.http".count) }
        #expect(Set(Sample.all.map(\.name)) == Set(folders.map { String($0) }))
        #expect(Sample.all.count >= 23)
    }

    @Test("the body of a sample has the hash in expected.json", arguments: Sample.all)
    func bodies(_ sample: Sample) {
        #expect(sample.expected.root["bodyByteCount"]?.rawText == "\(sample.request.body.count)")
        let sha256 = Hex.encode(SHA256.hash(data: sample.request.body))
        #expect(sample.expected.root["bodySHA256"]?.string == sha256)
    }

    @Test("a signed delivery is verified by the secret that signed it", arguments: Sample.all)
    func verification(_ sample: Sample) {
        let source = SampleSources.source(of: sample)
        guard case .required(let secrets, let tolerance) = source.originPolicy else {
            #expect(source.name == "ezid")
            #expect(sample.expected.root["verification"]?.string == "unverified")
            return
        }
        let check = source.provider.verify(sample.request, with: secrets, toleranceMilliseconds: tolerance)
        let secretName = Self.secretName(of: sample)
        #expect(check == (secretName.map { .verified(secretName: $0) } ?? .failed(.missing)))
        #expect((secretName != nil) == (sample.expected.root["verification"]?.string == "verified"))
    }

    @Test("a delivery has exactly the reports in expected.json", arguments: Sample.all)
    func interpretation(_ sample: Sample) throws {
        guard sample.isArchived else { return }
        let source = SampleSources.source(of: sample)
        let reports = source.provider.parse(ArchivedDelivery(of: sample.request, source: source.name)).reports
        let expected = try #require(sample.expectedReports)
        #expect(reports.count == expected.count)
        for (report, expected) in zip(reports, expected) {
            #expect(report.provider == expected.provider)
            #expect(report.type == expected.type)
            #expect(report.dedupeKey == expected.key)
            #expect(report.providerTime?.rfc3339 == expected.providerTime)
            #expect(report.problem == nil)
            #expect(
                try report.externalInfo.map { try ParsedJSON($0) }
                    == expected.externalInfo.map { try ParsedJSON($0.rawText) })
            #expect(Self.fieldNames(of: report) == expected.fields.map(\.name))
            for field in expected.fields {
                #expect(report.values(of: field.name) == field.values, "\(field.name)")
            }
            let route = source.routes.route(forType: report.type)
            #expect(route?.rule.rawValue == expected.rule)
            #expect(route?.topic == expected.topic)
        }
    }

    /// The names of a report's fields, in the order of their first appearance.
    private static func fieldNames(of report: ReportContent) -> [String] {
        report.fields.map(\.name).reduce(into: []) { names, name in
            if !names.contains(name) { names.append(name) }
        }
    }

    /// The secret of SampleSources that signs a sample; nil if the sample is not signed.
    private static func secretName(of sample: Sample) -> String? {
        switch sample.name {
        case "klavi/whitelabel-redirect", "certn/centric-challenge": nil
        case let name where name.hasPrefix("klavi/"): "primary"
        case let name where name.hasPrefix("certn/legacy-"): "legacy"
        case let name where name.hasPrefix("certn/centric-"): "centric"
        case let name where name.hasPrefix("certificall/bearer-"): "token"
        case let name where name.hasPrefix("certificall/hmac-"): "key"
        case let name where name.hasPrefix("certificall/basic-"): "login"
        default: nil
        }
    }
}
