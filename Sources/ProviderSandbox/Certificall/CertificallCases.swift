internal import Foundation

/// All cases, with the calls that find, fetch and fill them (PROVIDERS.md 4.2).
struct CertificallCases: Sendable {
    /// Of one case, when items come over the API.
    static let itemLimit = 1000

    private var cases = RecentRecords<Int, CertificallCase>()
    private var numbers = RecentRecords<String, Int>()
    private var nextNumber = 7264

    /// A case with an item for each step, closed at once.
    /// - Parameter texts: by the step's id, what the user wrote.
    mutating func addClosed(
        frame: CertificallFrame, reportToken: String, user: String?, texts: [Int: String] = [:], _ world: inout World
    ) -> CertificallCase {
        let items = frame.steps.map { step in
            CertificallCase.Item(
                step: step, text: texts[step.id] ?? "\(step.title), nothing to report", createdAt: world.now)
        }
        return add(frame, reportToken, closingDate: world.now, user, items, &world)
    }

    /// Opens a case. `options` are deeplink parameters, of which `reportId` counts.
    mutating func open(_ request: APIRequest, _ world: inout World) throws(CertificallRefusal) -> APIReply {
        guard let object = request.object else { throw CertificallRefusal(400, "the body must be an object") }
        let frame = try CertificallMember("frameId", of: object).frame()
        let options = try CertificallMember("options", of: object).object() ?? [:]
        let reportToken = try CertificallMember("reportId", of: options, path: "options.").string()
        let content = add(frame, reportToken, closingDate: nil, nil, [], &world)
        return .json(201, ["id": .integer(content.number), "cfRef": .string(content.cfRef)])
    }

    /// Adds a text to an open case; photos cannot be added in this way.
    mutating func addItem(_ request: APIRequest, _ world: World) throws(CertificallRefusal) -> APIReply {
        guard let object = request.object else { throw CertificallRefusal(400, "the body must be an object") }
        let caseID = try CertificallMember("caseId", of: object).requiredWhole()
        let stepID = try CertificallMember("stepId", of: object).requiredWhole()
        let text = try CertificallMember("data", of: object).requiredString()
        _ = try CertificallMember("pos", of: object).whole(atLeast: 0)
        guard var content = cases[caseID] else { throw CertificallRefusal(404, "Case not found") }
        guard let step = content.frame.steps.first(where: { $0.id == stepID }) else {
            throw CertificallRefusal(404, "Step not found")
        }
        guard step.action == .textField else { throw CertificallRefusal(403, "Media type not authorized") }
        guard content.closingDate == nil else { throw CertificallRefusal(400, "the case is closed") }
        guard content.items.count < Self.itemLimit else { throw CertificallRefusal(400, "maximum limit reached") }
        content.items.append(CertificallCase.Item(step: step, text: text, createdAt: world.now))
        cases[caseID] = content
        let photo = CertificallPhoto(caseNumber: caseID, itemNumber: content.items.count)
        return .json(200, ["id": .integer(content.items.count), "cfRef": .string(photo.cfRef)])
    }

    func search(_ request: APIRequest, _ world: World) throws(CertificallRefusal) -> APIReply {
        let search = try CertificallSearch(request)
        let found = cases.keys.compactMap { cases[$0] }.filter { search.includes($0, now: world.now) }
        switch search.format {
        case .metadata:
            return .json(200, .array(found.map { search.metadata(of: $0, baseURL: world.baseURL) }))
        case .zip:
            let files = found.suffix(CertificallSearch.archiveLimit).map {
                StoredArchive.Entry(name: "\($0.cfRef).pdf", bytes: $0.pdf)
            }
            return APIReply(
                status: 200,
                headers: [
                    HeaderLine("Content-Type", "application/zip"),
                    HeaderLine("Content-Disposition", "attachment; filename=\"cases.zip\""),
                ], body: StoredArchive.bytes(files))
        }
    }

    /// The cases of a report.
    /// - Parameter isLinked: whether a link has this reportToken, so that no case yet is no error.
    func report(_ reportToken: String, isLinked: Bool, _ world: World) throws(CertificallRefusal) -> APIReply {
        let found = cases.keys.compactMap { cases[$0] }.filter { $0.reportToken == reportToken }
        guard isLinked || !found.isEmpty else { throw CertificallRefusal(400, "Invalid report token") }
        return .json(200, .array(found.map { $0.json(baseURL: world.baseURL) }))
    }

    func pdf(_ shareToken: String) throws(CertificallRefusal) -> APIReply {
        guard let content = numbers[shareToken].flatMap({ cases[$0] }) else {
            throw CertificallRefusal(404, "Case not found")
        }
        return .pdf(content.pdf, fileName: "certificate.pdf")
    }

    /// - Parameter file: `1.gif`.
    func photo(_ caseNumber: String, _ file: String) throws(CertificallRefusal) -> APIReply {
        guard file.hasSuffix(".gif"), let number = Int(caseNumber), cases[number] != nil,
            let item = Int(file.dropLast(4)), item >= 1
        else { throw CertificallRefusal(404, "Image not found") }
        return APIReply(
            status: 200, headers: [HeaderLine("Content-Type", "image/gif")],
            body: CertificallPhoto(caseNumber: number, itemNumber: item).bytes)
    }

    private mutating func add(
        _ frame: CertificallFrame, _ reportToken: String?, closingDate: Date?, _ user: String?,
        _ items: [CertificallCase.Item], _ world: inout World
    ) -> CertificallCase {
        let content = CertificallCase(
            number: nextNumber, frame: frame, reportToken: reportToken, createdAt: world.now, closingDate: closingDate,
            shareToken: world.random.uuid(), seed: world.random.next(), user: user, items: items)
        nextNumber += 1
        cases[content.number] = content
        numbers[content.shareToken] = content.number
        return content
    }
}
