internal import Foundation

/// All cases, with the calls that find and fetch them (PROVIDERS.md 4.2).
struct CertificallCases: Sendable {
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
        let content = CertificallCase(
            number: nextNumber, frame: frame, reportToken: reportToken, createdAt: world.now, closingDate: world.now,
            shareToken: world.random.uuid(), seed: world.random.next(), user: user, items: items)
        nextNumber += 1
        cases[content.number] = content
        numbers[content.shareToken] = content.number
        return content
    }

    func search(_ request: APIRequest, _ world: World) throws(CertificallRefusal) -> APIReply {
        let search = try CertificallSearch(request)
        let found = cases.keys.compactMap { cases[$0] }.filter { search.includes($0, now: world.now) }
        return .json(200, .array(found.map { search.metadata(of: $0, baseURL: world.baseURL) }))
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
}
