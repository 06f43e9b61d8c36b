// Frequent surnames and given names: facts of the language, in the order in which they came to mind.

const list = (text: string) => text.trim().split(/\s+/);

export const SURNAMES: ReadonlySet<string> = new Set(
  list(`
佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水 山崎 森 池田 橋本 阿部 石川 山下
中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本 斉藤 福田 太田 西村 藤井 金子 岡本 藤原 三浦 中野 中川 原田 松田
竹内 小野 田村 中山 和田 石田 森田 上田 原 内田 柴田 酒井 宮崎 横山 高木 安藤 宮本 大野 小島 工藤 谷口 今井 高田 丸山 増田 杉山 村田
大塚 新井 小山 平野 藤本 河野 上野 野口 武田 松井 千葉 菅原 岩崎 久保 木下 佐野 野村 松尾 菊地 菊池 杉本 市川 古川 大西 島田 水野 桜井
高野 吉川 山内 西田 飯田 菅野 渡部 北村 安田 秋山 川口 平田 関 小松 中田 五十嵐 川崎 本田 久保田 岩田 東 服部 土屋 辻 樋口 福島 永井
川上 田口 中西 松下 須藤 山中 小池 岡崎 荒井 大橋 大久保 馬場 川村 浅野 篠原 熊谷 松岡 大島 森本 伊東 矢野 内藤 片山 福井 浜田 黒田
上原 早川 荒木 望月 田辺 本間 東海林 三宅 横田 松村 小田 堀 石原 八木 富田 成田 永田 星野 大谷 岩本 西川 吉村 児玉 石橋 向井 宮田 柳田
栗原 関口 岡 西山 桑原 津田 須田 大石 森川 大川 堀内 沢田 荒川 小沢 小澤 黒木 南 岸 松原 栗田 片岡 平井 奥村 笠原 川島 白石 辻本 川田
田島 飯塚 長田 北川 松永 吉岡 永野 尾崎 広瀬 廣瀬 稲葉 宮川 天野 大山 岩井 水谷 神田 坂口 野田 松浦 中尾 高山 尾形 緒方 滝沢 相馬 牧野
戸田 宇野 植田 大沢 大澤 村井 村松 土井 小西 小泉 秋元 塚本 桑田 今村 川端 沼田 矢島 大森 高島 安部 米田 高井 畑中 三好 西尾 平山 佐伯 
西岡 吉野 北野 河合 川合 島崎 高松 黒川 梅田 足立 野中 堤 渡邊 渡邉 齋藤 齊藤 髙橋 中沢 中澤 小原 大原 古田 柏木 竹田 金田 細川 吉原
堀田 榎本 浅井 根本 中井 飯島 川本 石塚 植木 稲垣 岩下 高瀬 西野 落合 長尾 日高 志村 瀬戸 手塚 石黒 及川 梶原 梅原 金井 窪田 黒沢 米山
谷川 滝口 大内 三上 長野 小倉 柳沢 大竹 小笠原 相沢 浜口 大和田 大木 神谷 川原 草野 坂井 榊原 佐久間 宍戸 渋谷 庄司 杉浦 菅 園田 曽根 竹中
武藤 立花 千田 塚田 筒井 常盤 寺田 寺島 徳永 鳥居 内海 長岡 長島 永島 仲村 新田 二宮 西本 野崎 野沢 畠山 花田 浜崎 原口 土田 日野 平川 深沢
福岡 福永 福本 藤岡 藤川 藤沢 藤村 船越 古賀 古谷 古屋 星 細谷 本多 前川 真鍋 町田 松崎 松島 松山 三木 三島 溝口 光永 皆川 宮内 宮沢 宮下 宮原
村山 本橋 本村 森下 森山 八田 柳 矢部 山岸 山根 山村 湯浅 横井 吉沢 吉澤 吉本 若林 鷲尾 和泉 結城 桐生 鬼塚 有馬 有田 安達 赤松 秋田 芦田
東野 泉 磯部 市原 稲田 猪俣 岩間 岩瀬 上杉 上村 魚住 碓井 江口 江藤 海老原 大場 大平 大村 岡部 岡村 沖田 奥田 奥山 小栗 小野寺 甲斐 加賀 風間
柏原 勝又 門田 金沢 加納 神山 亀田 亀井 河村 河原 河田 川瀬 川西 川畑 岸本 岸田 木内 北島 北原 城戸 君島 木本 久野 熊田 倉田 黒岩 国分
`),
);

/** Written in Latin letters and in katakana: the frequent ones. */
export const SURNAME_READINGS: ReadonlySet<string> = new Set(
  list(`
satoh sato suzuki takahashi tanaka ito itoh watanabe yamamoto nakamura kobayashi kato katoh yoshida yamada sasaki yamaguchi matsumoto inoue kimura
hayashi saito saitoh shimizu yamazaki yamasaki mori ikeda hashimoto abe ishikawa yamashita nakajima nakashima ishii ogawa maeda okada hasegawa fujita
goto gotoh kondo kondoh murakami endo endoh aoki sakamoto fukuda ota ohta nishimura fujii kaneko okamoto fujiwara miura nakano nakagawa harada matsuda
takeuchi ono tamura nakayama wada ishida morita ueda hara uchida shibata sakai miyazaki yokoyama takagi ando miyamoto ohno kojima kudo taniguchi imai
takada maruyama masuda sugiyama murata otsuka arai koyama hirano fujimoto kono ueno noguchi takeda matsui chiba sugawara iwasaki kubo kinoshita sano
nomura matsuo kikuchi sugimoto ichikawa furukawa onishi shimada mizuno sakurai takano yoshikawa yamauchi nishida iida kitamura yasuda akiyama kawaguchi
hirata seki komatsu nakata igarashi kawasaki honda kubota iwata hattori tsuchiya higuchi fukushima nagai kawakami taguchi nakanishi matsushita sudo
okazaki ohashi okubo baba kawamura asano shinohara kumagai matsuoka oshima morimoto yano naito katayama fukui hamada kuroda uehara hayakawa araki
mochizuki tanabe honma miyake yokota matsumura oda hori ishihara yagi tomita narita nagata hoshino otani iwamoto nishikawa yoshimura kodama
サトウ スズキ タカハシ タナカ イトウ ワタナベ ヤマモト ナカムラ コバヤシ カトウ ヨシダ ヤマダ ササキ ヤマグチ マツモト イノウエ キムラ ハヤシ サイトウ シミズ
ヤマザキ モリ イケダ ハシモト アベ イシカワ ヤマシタ ナカジマ イシイ オガワ マエダ オカダ ハセガワ フジタ ゴトウ コンドウ ムラカミ エンドウ アオキ サカモト
フクダ オオタ ニシムラ フジイ カネコ オカモト フジワラ ミウラ ナカノ ナカガワ ハラダ マツダ タケウチ オノ タムラ ナカヤマ ワダ イシダ モリタ ウエダ ハラ
ウチダ シバタ サカイ ミヤザキ ヨコヤマ タカギ アンドウ ミヤモト オオノ コジマ クドウ タニグチ イマイ タカダ マルヤマ マスダ スギヤマ ムラタ オオツカ アライ
コヤマ ヒラノ フジモト コウノ ウエノ ノグチ タケダ マツイ チバ スガワラ イワサキ クボ キノシタ サノ ノムラ マツオ キクチ スギモト イチカワ フルカワ
`),
);

/** Given names whose characters alone would not show it, and those in kana. */
export const GIVEN_NAMES: ReadonlySet<string> = new Set(
  list(`
太郎 次郎 三郎 四郎 一郎 二郎 花子 健 誠 学 翔 蓮 陽 葵 凛 結 翼 大 亮 剛 豊 進 茂 実 勝 清 勇 昇 優 薫 恵 愛 舞 泉 楓 杏 瞳 忍 香 純 環 碧 樹 湊 律 
隆 修 徹 聡 悟 渉 淳 潤 賢 孝 稔 崇 毅 猛 務 努 守 満 登 浩 洋 裕 武 稜 涼 駿 隼 岳 司 仁 光 明 望 空 海 晃 昭 弘 宏 博 正 均 章 功 保 肇 晋 秀 治 繁
さくら ひなた ひかり あかり みさき ゆい めい あおい はるか みなみ かおり さおり ゆかり あゆみ まゆみ なおみ ひろみ けんた たろう はなこ いちろう ゆうた しんじ
みき まき ゆき えり まり あい めぐみ のぞみ かなえ すみれ つばさ こころ ひまり いろは なつみ ちひろ まさみ ともこ ようこ けいこ さちこ ゆうこ じゅん
タロウ ハナコ イチロウ ジロウ ケンイチ ケンジ ヒロシ タカシ マコト ヨウコ ケイコ ユミコ ユウコ トモコ サチコ ミホ ユカ マイ アイ ユキ エリ マリ サクラ アオイ
ハルカ ミサキ ユイ ナオコ ナオミ カオリ サオリ マサル シゲル ケンタ ユウタ ショウタ ダイスケ シュンスケ リョウ ジュン アキラ カズオ ヒデキ テツヤ カズヤ タクヤ
シンジ コウジ セイジ ユウジ エイジ キョウコ リョウコ ジュンコ アキコ マサコ カズコ ヒロコ ミチコ フミコ ノリコ ヨシコ レイコ エミ クミ ルミ
`),
);

export const GIVEN_READINGS: ReadonlySet<string> = new Set(
  list(`
taro tarou hanako ichiro ichirou jiro jirou saburo kenji kenichi ken hiroshi takashi makoto yoko keiko yumiko yuko tomoko sachiko miho yuka mai yuki eri
mari sakura aoi haruka misaki yui naoko naomi kaori saori masaru shigeru kenta yuta shota daisuke shunsuke ryo jun akira kazuo hideki tetsuya kazuya
takuya shinji koji seiji yuji eiji kyoko ryoko junko akiko masako kazuko hiroko michiko fumiko noriko yoshiko reiko emi kumi rumi satoshi kazuki daiki
naoki yusuke ryota kohei shohei takeshi manabu mamoru osamu susumu yutaka minoru isamu noboru hiromi mayumi ayumi megumi nozomi rie mika miki maki asuka
ayaka ayano natsumi chihiro nanami rina rika risa yuna hina mio saki kana kanako yukiko miyuki etsuko toshiko mitsuko haruki haruto sota yuto riku sora
`),
);

/** A given name in kanji is made of these. */
export const GIVEN_FIRST: ReadonlySet<string> = new Set(
  "愛明晃昭彰亜綾彩絢歩亨郁育樹一壱逸衣伊勇優祐裕悠雄友有佑由侑結唯雲瑛栄英詠恵江絵円悦央桜旺音佳加可夏果花香華雅快海開薫寛幹岩喜希輝貴紀規基義吉久求京恭響教暁近欣琴空君啓圭慧敬景桂結健憲研謙賢元弦源現悟吾光公功広弘宏康浩紘洸滉航耕剛豪克国佐左紗沙咲朔作颯三山志司史士思至次慈時滋七実篤秀修周秋柊重春俊瞬駿順淳純潤渚初諸翔勝匠昇昌晶章将省丈譲心慎晋真新森伸信進仁尋須澄瑞世正成星晴清政誠青静聖節千仙泉扇善奏壮奏想総聡蒼草太大代拓卓琢達多知智茂忠長朝超直哲鉄典展天登斗冬透東陶桃徳寿敦奈菜尚那南夏乃之信伸延博莫肇初花隼伴繁範万美弥比緋英久尚秀人仁富風楓福文平兵碧辺保穂芳邦豊望北睦麻舞真万満実未道光稔民務夢宗睦無明命茂盛百紋也矢弥野夕友裕遊予容洋葉陽要耀曜来礼頼蘭利梨理里莉律立隆竜龍涼良遼諒凌亮緑倫琳瑠留玲令麗鈴怜零連蓮路朗郎和若倭湧優子美太将帆凪凛陸匡巧柚杏茜莞琉羽孝宗恒嗣毅武猛栞芽萌葵絆",
);
export const GIVEN_LAST: ReadonlySet<string> = new Set(
  "子美恵香奈菜代江枝絵衣愛花華佳夏加果歌希季紀貴樹輝祈音乃野穂保帆里理梨莉璃李央緒桜織羽葉波海未実巳魅夢芽萌衣依以郎朗一二三四五六七八九十男雄夫生輔介助佑祐亮丞之人仁斗登翔太多大平兵也哉弥矢夜彦久寿司志史士嗣治次二児慈政正昌雅匡真信伸進慎晋心新辰明章彰昭晃晶秋弘宏博浩裕洋広尋大紘誠成政清晴聖星静孝隆貴崇高敬尭岳武猛毅健剛豪強勝克英秀栄瑛衛永直尚哉忠正則典法憲範規教徳功勲義吉良芳義善由優悠勇雄結唯柚月希歩咲沙紗早桜里織鈴凜凛音響奏琴律美穂蓮廉陸空海斗馬真磨麻茉万馬舞満光晄滉航洸晃耕幸行之征雪有樹機基己喜葵茂繁重滋成茂造蔵三助吾悟伍護智知友朋朝倫伴俊駿隼瞬旬順淳純潤潤準学岳覚聡敏哲徹鉄透登亨徹典展伸延信順",
);

/** Two characters that both could stand in a name, and are a word. */
export const WORDS_LIKE_NAMES: ReadonlySet<string> = new Set(
  list(`
平成 明治 大正 昭和 令和 公平 公明 公正 公開 公志 正直 正義 正規 正光 知人 友人 文明 文学 文化 一人 二人 三人 本人 人口 一代 世代 時代 時期 時差 千代 初代 光線 光学
東海 東北 南海 北海 心理 物理 理科 理学 法人 法学 有志 意志 大志 志望 大海 大学 大人 大一 大三 中学 一次 二次 三次 一二 二三 一三 一番 海里 進行 進学 直行 実行 実施 実直
開花 開発 和英 英和 和歌 英語 和風 信義 良心 良好 良性 高良 太平 平和 清流 清水 美人 美術 美代 新人 新規 新生 成人 成長 仁義 重大 重機 重力
広大 巨大 文人 天才 有名 有利 有料 有効 未満 未来 実家 実験 道路 道徳 義理 理由 保守 保持 保健 代行 代理 成功 成立 成果 結果 結成 結実 洋行 優勝 優良 優美 勝利 便利 秀才 
`),
);
