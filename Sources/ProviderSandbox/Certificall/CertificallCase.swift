internal import Crypto
internal import Deliveries
internal import Foundation
internal import StrictJSON

/// The photos and texts that a case requests from its user. Only two frames are documented, so the sandbox has only
/// these two.
struct CertificallFrame: Sendable {
    struct Step: Sendable {
        let id: Int
        let title: String
        let description: String
        var isPhoto = false
    }

    let id: Int
    let name: String
    let steps: [Step]

    static let all = [
        CertificallFrame(
            id: 1, name: "Visual Inspection",
            steps: [
                Step(
                    id: 10, title: "Equipment photo", description: "Take a photo of the equipment to inspect",
                    isPhoto: true),
                Step(
                    id: 11, title: "General condition", description: "Evaluate the general condition of the equipment"),
            ]),
        CertificallFrame(
            id: 2, name: "Technical Inspection",
            steps: [Step(id: 20, title: "Electrical verification", description: "Check electrical installations")]),
    ]

    var json: JSON {
        [
            "id": .integer(id), "name": "\(name)",
            "steps": .array(
                steps.map { ["id": .integer($0.id), "title": "\($0.title)", "description": "\($0.description)"] }),
        ]
    }
}

/// A certificate: the photos and texts that a user recorded for a frame.
struct CertificallCase: Sendable {
    static let companyID = 123
    static let companyName = "Société Exemple SAS"

    let number: Int
    let frame: CertificallFrame
    let reportToken: String
    let createdAt: Date
    let shareToken: String
    let seed: UInt64
    let user: String?
    let texts: [Int: String]

    var cfRef: String { "CAS-\(number)_CMP-1" }

    func url(_ world: World) -> String { "\(world.baseURL)/certificall/share/case/\(shareToken)" }

    /// The picture of an item: a GIF with one pixel that contains the item's reference, because each picture needs a
    /// different `imageHash`.
    static func photo(case number: Int, item: Int) -> [UInt8] {
        (Data(base64Encoded: "R0lGODlhAQABAIAAAMzMzP///ywAAAAAAQABAAACAkQBADs=") ?? Data())
            + Array("ITM-\(number)-\(item)".utf8)
    }

    /// The body of a webhook. Also an element of `GET /reports/{reportToken}`.
    func json(_ world: World) -> JSON {
        var random = SeededRandom(seed: seed)
        let date = createdAt.certificall(colon: true)
        let items = frame.steps.enumerated().map { index, step -> JSON in
            let text = JSON.string(texts[step.id] ?? "\(step.title), nothing to report")
            let title = JSON.string(step.title)
            let hash = Hex.encode(SHA256.hash(data: Self.photo(case: number, item: index + 1)))
            let photo = "\(world.baseURL)/certificall/images/\(number)/\(index + 1).gif"
            let (photoURL, photoHash): (JSON, JSON) = step.isPhoto ? (.string(photo), .string(hash)) : (.null, .null)
            return [
                "createdAt": "\(date)", "cfRef": "ITM-\(number)-\(index + 1)",
                "description": step.isPhoto ? text : title, "geolocLatitude": "48.85\(random.digits(4))",
                "geolocLongitude": "2.35\(random.digits(4))", "data": step.isPhoto ? .null : text,
                "imageUrl": photoURL, "stepAction": step.isPhoto ? "PHOTOGRAPHY" : "TEXT_FIELD", "stepTitle": title,
                "stepDescription": "\(step.description)", "imageHash": photoHash, "tspTokenHash": "\(random.hex(64))",
            ]
        }
        return [
            "cfRef": "\(cfRef)", "reportId": "\(reportToken)", "companyName": "\(Self.companyName)",
            "createdAt": "\(date)", "closingDate": "\(date)", "frame": "\(frame.name)", "closed": true,
            "caseUrl": "\(url(world))", "items": .array(items),
        ]
    }

    /// An element of `GET /cases`. Contains the reportToken only if the call requests it.
    func metadata(withReportToken: Bool, _ world: World) -> JSON {
        let entry: JSON = [
            "cfRef": "\(cfRef)", "closingDate": "\(createdAt.seconds)", "createdAt": "\(createdAt.seconds)",
            "closed": true, "frameName": "\(frame.name)", "companyName": "\(Self.companyName)",
        ]
        return entry.merging(withReportToken ? ["reportToken": "\(reportToken)"] : [:]).merging(["url": "\(url(world))"]
        )
    }
}

/// A Certilink: a page that a user may open without an account, until the link is used up, expires or is disabled.
struct CertificallLink: Sendable {
    static let fields: [BodyField] = [
        .required("reportToken", .text), .required("frameId", .integer(.min ... .max)),
        .optional("expirationDate", .text), .optional("maxUses", .integer(1 ... .max)),
        .optional("companyId", .integer(.min ... .max)), .optional("context", .object(context)),
    ]

    static let context: [BodyField] = [
        .optional("visibleData", .object([.optional("instructions", .text), .optional("user", .text)])),
        .optional("metadata", .object([])),
    ]

    let token: String
    let reportToken: String
    let frame: CertificallFrame
    let createdAt: Date
    var expiresAt: Date?
    var maxUses: Int?
    /// The texts for the user. The webhook does not contain them.
    var visibleData: JSON?
    var isEnabled = true
    var useCount = 0

    func obstacle(at now: Date) -> String? {
        if !isEnabled { return "switched off" }
        if let expiresAt, now >= expiresAt { return "expired" }
        if let maxUses, useCount >= maxUses { return "used up" }
        return nil
    }

    func url(_ world: World) -> String { "\(world.baseURL)/certificall/app?mt=\(token)" }

    func json(_ world: World) -> JSON {
        [
            "reportToken": "\(reportToken)", "url": "\(url(world))", "magicLinkToken": "\(token)",
            "createdAt": "\(createdAt.seconds)", "expirationDate": .optional(expiresAt?.seconds),
            "enabled": .boolean(isEnabled), "frame": ["id": .integer(frame.id), "name": "\(frame.name)"],
        ]
    }
}

extension Date {
    /// The time in the format of reports, `2023-11-09T13:24:40+01:00`, or of calls, `2025-12-31T23:59:59.000+0100`. The
    /// offset is always one hour.
    func certificall(colon: Bool) -> String {
        formatted(
            Date.ISO8601FormatStyle(
                timeZoneSeparator: colon ? .colon : .omitted, includingFractionalSeconds: !colon,
                timeZone: TimeZone(secondsFromGMT: 3600) ?? .gmt))
    }

    /// Parses `yyyy-mm-ddThh:mm:ss.sss+hhmm`; nil for any other text.
    init?(certificall text: String) {
        let pattern = /(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}[+-](0\d|1[0-4])[0-5]\d/
        guard let match = text.wholeMatch(of: pattern), TextForm.isDay(String(match.1)),
            let timestamp = Timestamp(rfc3339: text.utf8)
        else { return nil }
        self.init(timeIntervalSince1970: Double(timestamp.millisecondsSinceEpoch) / 1000)
    }
}
