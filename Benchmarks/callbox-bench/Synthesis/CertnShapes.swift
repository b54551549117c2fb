/// Creates Certn's deliveries in the format of samples/certn: the complete applicant object of the legacy API, and the
/// notification of the Centric API with four keys.
enum CertnShapes {
    static let applicant = BodyTemplate(
        #"""
        {"created":"{{time}}.{{digits4}}07Z","modified":"{{time}}.{{digits4}}07Z",\#
        "last_updated":"{{time}}.{{digits4}}07Z","submitted_time":"{{time}}.{{digits4}}07Z","id":"{{uuid:1}}",\#
        "is_submitted":true,"applicant_type":"Quick Screen","status":"Analyzing","status_label":"Analyzing",\#
        "result":"NONE","result_label":"None","report_status":"ANALYZING","certn_score":null,\#
        "certn_score_label":"NONE","certn_score_value":"NONE","country":"CA","tag":"hire-2026-{{trackId}}",\#
        "requested_countries":[],"information":{"id":"{{uuid}}","first_name":"{{givenName}}",\#
        "middle_name":"Élodie","last_name":"{{familyName}}","date_of_birth":"{{birthday}}",\#
        "birth_city":"Montréal","birth_province_state":"QC","birth_country":"CA","gender":"F",\#
        "phone_number":"+1514{{digits8}}","sin_ssn":"046{{trackId}}","addresses":[{"id":"{{uuid}}",\#
        "address":"{{digits4}} Rue de l'Exemple","unit":"Unité 4","city":"{{city}}","county":null,\#
        "province_state":"QC","other_province_state":"","country":"CA","postal_code":"H0H0H0",\#
        "start_date":"{{day}}","end_date":null,"current":true,"rent_or_own":"Rent",\#
        "monthly_rent":"{{amount}}.00","reason_for_leaving":null,"landlord_name":"Gestion Immobilière Exemple",\#
        "rental_ref":null}]},"request_base":true,"request_behavioural":false,"request_softcheck":true,\#
        "request_equifax":false,"request_identity_verification":true,\#
        "request_enhanced_identity_verification":false,"request_criminal_record_check":true,\#
        "request_enhanced_criminal_record_check":false,"request_vulnerable_sector_criminal_record_check":false,\#
        "request_motor_vehicle_records":false,"request_education_verification":false,\#
        "request_employment_verification":false,"identity_verification":null,\#
        "rcmp_result":{"status":"ANALYZING","status_label":"Analyzing","dispute":false,"overall_score":"NONE",\#
        "overall_score_label":"None","result":"NONE","result_label":"None"},"risk_result":{"status":"ANALYZING",\#
        "status_label":"Analyzing","dispute":false,"overall_score":"NONE","overall_score_label":"None",\#
        "result":"NONE","result_label":"None"},"applicant_account":{"id":"{{uuid}}",\#
        "email":"{{trackId}}.{{customer}}@example.com"},"application":{"created":"{{time}}.{{digits4}}07Z",\#
        "modified":"{{time}}.{{digits4}}07Z","id":"{{uuid}}","applicant":{"id":"{{uuid:1}}",\#
        "status":"Analyzing","first_name":"{{givenName}}","last_name":"{{familyName}}",\#
        "email":"{{trackId}}.{{customer}}@example.com","phone_number":{"phone_type":"MOBILE",\#
        "number":"+1514{{digits8}}","country":"CA"}},"owner":{"id":"dda91fe7-086e-4590-a55a-d88d55f9c66c",\#
        "email":"recrutement@example.com","team":{"id":"254b5bc8-f7ae-431c-8b4c-28fa8221ce13",\#
        "name":"Équipe Montréal","internal_name":"equipe-montreal","country":"CA",\#
        "industry":"HUMAN_RESOURCES"}},"is_active":true,"is_selected":false,\#
        "team_id":"254b5bc8-f7ae-431c-8b4c-28fa8221ce13","team":{"id":"254b5bc8-f7ae-431c-8b4c-28fa8221ce13",\#
        "name":"Équipe Montréal","country":"CA","industry":"HUMAN_RESOURCES","team_type":"HR",\#
        "internal_name":"equipe-montreal"}},"dispute":false,\#
        "activity_log":[{"created":"{{time}}.{{digits4}}07Z","modified":"{{time}}.{{digits4}}07Z",\#
        "id":"{{uuid}}","status":"CREATED","status_label":"Application created","date_label":"{{day}}",\#
        "time_label":"13:{{digits2}}"},{"created":"{{time}}.{{digits4}}07Z",\#
        "modified":"{{time}}.{{digits4}}07Z","id":"{{uuid}}","status":"SUBMITTED",\#
        "status_label":"Application submitted","date_label":"{{day}}","time_label":"13:{{digits2}}"}],\#
        "adjudication_status":"NONE","adjudication_status_label":"None",\#
        "report_summary":{"report_result":"NONE","report_status":"ANALYZING","report_result_label":"None",\#
        "report_status_label":"Analyzing","dispute":false},\#
        "onboarding_link":"https://app.certn.example/welcome/{{hex32}}","notes":null,"comments":[]}
        """#)

    static let notifications = ["CASE_REPORT_READY", "CASE_STATUS_CHANGED", "CHECK_STATUS_CHANGED"].map { type in
        BodyTemplate(
            #"{"id":"{{uuid}}","event_type":"\#(type)","object_id":"{{consentId}}","object_type":"CASE"}"#)
    }
}
