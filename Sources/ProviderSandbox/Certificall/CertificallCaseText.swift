internal import Foundation

/// A case as JSON with all its items (PROVIDERS.md 4.1, the newer items), written piece by piece so that many megabytes
/// take no time worth mentioning.
struct CertificallCaseText: Sendable {
    /// Of the text in one added item.
    static let fillByteCount = 65_536

    let content: CertificallCase
    let baseURL: String

    /// The body of a webhook.
    /// - Parameter byteCount: what the body is filled up to, with further photos that carry text in `data`.
    func webhook(byteCount: Int?) -> [UInt8] {
        bytes(
            head: [
                Self.member("cfRef", .string(content.cfRef)), reportID, companyName, createdAt, closingDate, frame,
                closed,
                caseURL,
            ], byteCount: byteCount ?? 0)
    }

    /// An element of `GET /reports/{reportToken}`, which has the same members in another order.
    var report: [UInt8] {
        bytes(
            head: [
                Self.member("cfRef", .string(content.cfRef)), companyName, createdAt, closingDate, reportID, frame,
                closed,
                caseURL,
            ], byteCount: 0)
    }

    private var reportID: JSON.Member { Self.member("reportId", .string(content.reportToken)) }
    private var companyName: JSON.Member { Self.member("companyName", .string(CertificallCompany.name)) }
    private var createdAt: JSON.Member {
        Self.member("createdAt", .string(CertificallTime.withOffset(content.createdAt)))
    }
    private var closingDate: JSON.Member {
        Self.member("closingDate", .string(CertificallTime.withOffset(content.closingDate)))
    }
    private var frame: JSON.Member { Self.member("frame", .string(content.frame.name)) }
    private var closed: JSON.Member { Self.member("closed", true) }
    private var caseURL: JSON.Member { Self.member("caseUrl", .string(content.url(baseURL: baseURL))) }

    private static func member(_ name: String, _ value: JSON) -> JSON.Member {
        JSON.Member(name, value)
    }

    private func bytes(head: [JSON.Member], byteCount: Int) -> [UInt8] {
        var random = SeededRandom(seed: content.seed)
        var body: [UInt8] = []
        if byteCount > 0 { body.reserveCapacity(byteCount + Self.fillByteCount) }
        body += JSON.object(head).bytes.dropLast()
        body += Array(#","items":["#.utf8)
        var number = 0
        for item in content.items {
            if number > 0 { body.append(UInt8(ascii: ",")) }
            number += 1
            let isPhoto = item.step.action == .photography
            let data: JSON = isPhoto ? nil : .string(item.text)
            append(item, number, data: data.bytes[...], isPhoto: isPhoto, &random, to: &body)
        }
        if body.count + 2 < byteCount { fill(&body, to: byteCount - 2, after: number, &random) }
        body += Array("]}".utf8)
        return body
    }

    /// Adds photos of the first step until the body is long enough.
    private func fill(_ body: inout [UInt8], to byteCount: Int, after count: Int, _ random: inout SeededRandom) {
        guard let step = content.frame.steps.first else { return }
        let text = Self.randomText(&random)
        var number = count
        while body.count < byteCount {
            if number > 0 { body.append(UInt8(ascii: ",")) }
            number += 1
            let item = CertificallCase.Item(
                step: step, text: "Further photo \(number)", createdAt: content.createdAt)
            let length = (min(Self.fillByteCount, max(16, byteCount - body.count)) + 3) / 4 * 4
            let start = Int(random.next() % UInt64(Self.fillByteCount))
            let data = [UInt8(ascii: "\"")] + text[start..<start + length] + [UInt8(ascii: "\"")]
            append(item, number, data: data[...], isPhoto: true, &random, to: &body)
        }
    }

    private func append(
        _ item: CertificallCase.Item, _ number: Int, data: ArraySlice<UInt8>, isPhoto: Bool,
        _ random: inout SeededRandom, to body: inout [UInt8]
    ) {
        let photo = CertificallPhoto(caseNumber: content.number, itemNumber: number)
        let before: JSON = [
            "createdAt": .string(CertificallTime.withOffset(item.createdAt)), "cfRef": .string(photo.cfRef),
            "description": .string(isPhoto ? item.text : item.step.title),
            "geolocLatitude": .string("48.85\(random.digits(4))"),
            "geolocLongitude": .string("2.35\(random.digits(4))"),
        ]
        let imageHash = Hex.sha256(photo.bytes)
        let after: JSON = [
            "imageUrl": isPhoto ? .string(photo.url(baseURL: baseURL)) : nil,
            "stepAction": .string(item.step.action.rawValue),
            "stepTitle": .string(item.step.title), "stepDescription": .string(item.step.description),
            "imageHash": isPhoto ? .string(imageHash) : nil,
            "tspTokenHash": .string(Hex.sha256(Array("\(content.seed) \(imageHash)".utf8))),
        ]
        body += before.bytes.dropLast()
        body += Array(#","data":"#.utf8)
        body += data
        body.append(UInt8(ascii: ","))
        body += after.bytes.dropFirst()
    }

    /// Letters and digits of base64, twice the length of one item's text, so that a piece may begin anywhere in the
    /// first half.
    private static func randomText(_ random: inout SeededRandom) -> [UInt8] {
        var raw = Data(capacity: fillByteCount * 3 / 2)
        for _ in 0..<fillByteCount * 3 / 2 / 8 {
            withUnsafeBytes(of: random.next().littleEndian) { raw.append(contentsOf: $0) }
        }
        return Array(raw.base64EncodedString().utf8)
    }
}
