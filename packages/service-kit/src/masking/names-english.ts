const list = (text: string) => new Set(text.trim().split(/\s+/));

export const ENGLISH_GIVEN: ReadonlySet<string> = list(`
james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony donald steven paul andrew joshua kenneth kevin brian
george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory frank alexander
raymond patrick jack dennis jerry tyler aaron jose adam nathan henry douglas zachary peter kyle walter harold jeremy ethan carl keith roger gerald arthur
mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty margaret sandra ashley kimberly emily donna michelle carol amanda
dorothy melissa deborah stephanie rebecca sharon laura cynthia kathleen amy angela shirley anna brenda pamela emma nicole helen samantha katherine christine
debra rachel carolyn janet catherine maria heather diane ruth julie olivia joyce virginia victoria kelly lauren christina joan evelyn judith megan andrea
cheryl hannah jacqueline martha gloria teresa ann sara madison frances kathryn janice jean alice abigail julia judy sophia grace denise amber doris oliver
lucas liam noah mia chloe ella harry charlie oscar leo tom bob mike jim steve dave bill joe sam ben dan chris alex kate jane anne claire simon ian neil
`);

export const ENGLISH_SURNAMES: ReadonlySet<string> = list(`
smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson thomas taylor moore jackson martin lee
perez thompson white harris sanchez clark ramirez lewis robinson walker young allen king wright scott torres nguyen hill flores green adams nelson baker hall
rivera campbell mitchell carter roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy cook rogers
gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim cox ward richardson watson brooks chavez wood james bennett gray mendoza ruiz hughes
price alvarez castillo sanders patel myers long ross foster jimenez powell jenkins perry russell sullivan bell coleman butler henderson barnes fisher
hamilton graham reynolds griffin wallace west cole hayes bryant gibson ellis stevens murray ford marshall owens mcdonald harrison wells webb simpson
doe roe o'brien o'connor mckenzie walsh byrne schmidt schneider fischer weber meyer muller wagner becker hoffmann dubois durand rossi ferrari singh kumar
sharma gupta khan ali ahmed chen wang zhang liu yang huang zhao wu zhou xu sun park choi jung
`);
