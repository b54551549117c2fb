internal import Foundation

/// A certificate: what a user recorded for the steps of a frame. Everything else about it is made from its number and
/// seed when somebody asks.
struct CertificallCase: Sendable {
    /// One recorded step.
    struct Item: Sendable {
        let step: CertificallFrame.Step
        /// The remark on a photo, or the text of a text field.
        let text: String
        let createdAt: Date
    }

    let number: Int
    let frame: CertificallFrame
    let reportToken: String
    let createdAt: Date
    let closingDate: Date
    let shareToken: String
    let seed: UInt64
    /// Who stands in the PDF.
    let user: String?
    let items: [Item]

    /// Unique: `CAS-7264_CMP-1`.
    var cfRef: String { "CAS-\(number)_CMP-1" }

    func url(baseURL: String) -> String {
        "\(baseURL)/certificall/share/case/\(shareToken)"
    }

    /// The certificate as a file.
    var pdf: [UInt8] {
        PortableDocument.bytes(note: "Certificate \(cfRef) \(shareToken)\(user.map { " of \($0)" } ?? "")")
    }

    /// The body of a webhook, and an element of `GET /reports/{reportToken}` (PROVIDERS.md 4.1, the newer items).
    func json(baseURL: String) -> JSON {
        var random = SeededRandom(seed: seed)
        let items = items.enumerated().map { item -> JSON in
            json(of: item.element, number: item.offset + 1, baseURL: baseURL, &random)
        }
        return [
            "cfRef": .string(cfRef), "reportId": .string(reportToken),
            "companyName": .string(CertificallCompany.name),
            "createdAt": .string(CertificallTime.withOffset(createdAt)),
            "closingDate": .string(CertificallTime.withOffset(closingDate)), "frame": .string(frame.name),
            "closed": true, "caseUrl": .string(url(baseURL: baseURL)),
            "items": .array(items),
        ]
    }

    private func json(of item: Item, number: Int, baseURL: String, _ random: inout SeededRandom) -> JSON {
        let photo = CertificallPhoto(caseNumber: self.number, itemNumber: number)
        let isPhoto = item.step.action == .photography
        let imageHash = Hex.sha256(photo.bytes)
        let data: JSON = isPhoto ? nil : .string(item.text)
        let imageURL: JSON = isPhoto ? .string(photo.url(baseURL: baseURL)) : nil
        let shownHash: JSON = isPhoto ? .string(imageHash) : nil
        let tokenHash = Hex.sha256(Array("\(seed) \(imageHash)".utf8))
        return [
            "createdAt": .string(CertificallTime.withOffset(item.createdAt)), "cfRef": .string(photo.cfRef),
            "description": .string(isPhoto ? item.text : item.step.title),
            "geolocLatitude": .string("48.85\(random.digits(4))"),
            "geolocLongitude": .string("2.35\(random.digits(4))"),
            "data": data, "imageUrl": imageURL, "stepAction": .string(item.step.action.rawValue),
            "stepTitle": .string(item.step.title), "stepDescription": .string(item.step.description),
            "imageHash": shownHash, "tspTokenHash": .string(tokenHash),
        ]
    }
}

/// The picture of an item: a GIF of one pixel (GIF89a) with the item's reference as a comment, so that no two have the
/// same `imageHash`.
struct CertificallPhoto: Sendable {
    let caseNumber: Int
    /// In its case, from 1.
    let itemNumber: Int

    /// `ITM-7264-1`.
    var cfRef: String { "ITM-\(caseNumber)-\(itemNumber)" }

    func url(baseURL: String) -> String {
        "\(baseURL)/certificall/images/\(caseNumber)/\(itemNumber).gif"
    }

    var bytes: [UInt8] {
        let comment = Array(cfRef.utf8.prefix(255))
        let screen: [UInt8] = [1, 0, 1, 0, 0x80, 0, 0, 0xcc, 0xcc, 0xcc, 0xff, 0xff, 0xff]
        let image: [UInt8] = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0, 0x3b]
        return Array("GIF89a".utf8) + screen + [0x21, 0xfe, UInt8(comment.count)] + comment + [0] + image
    }
}

/// The one company whose account the sandbox has.
enum CertificallCompany {
    static let id = 123
    static let name = "Société Exemple SAS"
}
